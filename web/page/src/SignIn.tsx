import { words } from "@croquis/react";
import type { SupabaseClient } from "@supabase/supabase-js";
import { useState } from "react";
import { said } from "./authProblems";
import { Door, Input } from "./Door";
import { SHORTEST_PASSWORD, WAY_TO_NEW_PASSWORD } from "./NewPassword";

const SAID = words.account;
type Way = "signIn" | "signUp" | "forgot";

/** Sign in, make an account, or ask for the mail to a new password. Where one was is kept in the address. */
export function SignIn({ supabase, ended }: { supabase: SupabaseClient; ended: boolean }) {
  const [way, setWay] = useState<Way>("signIn");
  const [answer, setAnswer] = useState({ problem: "", told: "" });
  const [busy, setBusy] = useState(false);

  async function send(form: FormData): Promise<void> {
    const [email, password] = [String(form.get("email")), String(form.get("password"))];
    setBusy(true);
    setAnswer(await ASKED[way](supabase, email, password));
    setBusy(false);
  }

  function go(to: Way): void {
    setAnswer({ problem: "", told: "" });
    setWay(to);
  }

  const forgot = way === "forgot";
  return (
    <Door
      title={forgot ? SAID.forgotTitle : SAID.promise}
      lead={forgot ? SAID.forgotLead : ended ? SAID.ended : SAID.promiseMore}
      form={{ ...answer, busy, go: forgot ? SAID.sendMail : SAID[way], onSubmit: (form) => void send(form) }}
      below={<Other way={way} onGo={go} />}
    >
      <Input says={SAID.email} name="email" autoComplete="email" />
      {way === "signIn" && <Input says={SAID.password} name="password" autoComplete="current-password" />}
      {way === "signUp" && (
        <Input says={SAID.password} name="password" autoComplete="new-password" minLength={SHORTEST_PASSWORD} />
      )}
    </Door>
  );
}

function Other({ way, onGo }: { way: Way; onGo: (to: Way) => void }) {
  return (
    <>
      {way === "signIn" && (
        <p className="door-other">
          <button type="button" onClick={() => onGo("forgot")}>
            {SAID.forgot}
          </button>
        </p>
      )}
      <p className="door-other">
        {way === "signIn" ? SAID.new : SAID.known}{" "}
        <button type="button" onClick={() => onGo(way === "signIn" ? "signUp" : "signIn")}>
          {way === "signIn" ? SAID.signUp : SAID.signIn}
        </button>
      </p>
    </>
  );
}

type Asked = (supabase: SupabaseClient, email: string, password: string) => Promise<{ problem: string; told: string }>;

const ASKED: Record<Way, Asked> = {
  signIn: async (supabase, email, password) => {
    const { error } = await supabase.auth.signInWithPassword({ email, password });
    return { problem: error ? said(error) : "", told: "" };
  },
  signUp: async (supabase, email, password) => {
    const { data, error } = await supabase.auth.signUp({ email, password });
    return { problem: error ? said(error) : "", told: error || data.session ? "" : SAID.confirm };
  },
  forgot: async (supabase, email) => {
    const redirectTo = location.origin + WAY_TO_NEW_PASSWORD;
    const { error } = await supabase.auth.resetPasswordForEmail(email, { redirectTo });
    return { problem: error ? said(error) : "", told: error ? "" : SAID.mailSent };
  },
};
