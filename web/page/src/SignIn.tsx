import { Silhouette, words } from "@croquis/react";
import { isAuthApiError, type SupabaseClient } from "@supabase/supabase-js";
import { type FormEvent, useState } from "react";

const SAID = words.account;
const DRAWN = ["walking", "hands_on_hips", "three_quarter_left", "arm_raised", "front"];

/** Sign in, or make an account. Where one was is kept in the address. */
export function SignIn({ supabase, ended }: { supabase: SupabaseClient; ended: boolean }) {
  const [isNew, setNew] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function enter(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = { email: String(form.get("email")), password: String(form.get("password")) };
    setBusy(true);
    const { data, error } = isNew ? await supabase.auth.signUp(given) : await supabase.auth.signInWithPassword(given);
    setBusy(false);
    setProblem(error ? said(error) : data.session ? "" : SAID.confirm);
  }

  return (
    <main className="door">
      <div className="door-art" aria-hidden="true">
        {DRAWN.map((it) => (
          <Silhouette key={it} pose={it} />
        ))}
      </div>
      <form className="door-form" onSubmit={(event) => void enter(event)}>
        <p className="brand">{words.appName}</p>
        <h1>{SAID.promise}</h1>
        <p className="door-lead">{ended ? SAID.ended : SAID.promiseMore}</p>
        <label>
          <span>{SAID.email}</span>
          <input type="email" name="email" autoComplete="email" required />
        </label>
        <label>
          <span>{SAID.password}</span>
          <input
            type="password"
            name="password"
            minLength={isNew ? 6 : undefined}
            autoComplete={isNew ? "new-password" : "current-password"}
            required
          />
        </label>
        <p role="alert" className="door-problem">
          {problem}
        </p>
        <button type="submit" className="door-go" disabled={busy}>
          {isNew ? SAID.signUp : SAID.signIn}
        </button>
        <p className="door-other">
          {isNew ? SAID.known : SAID.new}{" "}
          <button type="button" onClick={() => setNew(!isNew)}>
            {isNew ? SAID.signIn : SAID.signUp}
          </button>
        </p>
      </form>
    </main>
  );
}

function said(error: Error): string {
  if (!isAuthApiError(error)) return error.message;
  if (error.code === "invalid_credentials") return SAID.wrong;
  return error.code === "user_already_exists" ? SAID.taken : error.message;
}
