import { Unreachable } from "@croquis/client";
import { Loading, Missing, words } from "@croquis/react";
import { isAuthRetryableFetchError, type SupabaseClient } from "@supabase/supabase-js";
import { useCallback, useEffect, useState } from "react";
import { Link } from "wouter";
import { said } from "./authProblems";
import type { Connected } from "./connection";
import { Door, Input } from "./Door";

const SAID = words.account;
export const WAY_TO_NEW_PASSWORD = "/new-password";
export const SHORTEST_PASSWORD = 6;

interface Recovery {
  auth: SupabaseClient["auth"];
  email: string;
}

/**
 * Where the link of the mail leads: it says whose password is set, and signs nobody in. Its session is held in memory,
 * for this one change; the browser's own session, perhaps somebody else's, stays as it is.
 */
export function NewPassword({ supabase, keepsNothing }: Pick<Connected, "supabase" | "keepsNothing">) {
  const [link] = useState(() => new URLSearchParams(location.hash.slice(1)));
  const [recovery, setRecovery] = useState<Recovery | null>();
  const [done, setDone] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const open = useCallback(() => {
    setFailed(undefined);
    opened(keepsNothing(), link).then(setRecovery, (error: unknown) =>
      isAuthRetryableFetchError(error) ? setFailed(error) : setRecovery(null),
    );
  }, [link, keepsNothing]);
  useEffect(() => {
    history.replaceState(null, "", location.pathname); // what is in it opens the account
    open();
  }, [open]);

  if (done) return <Door title={SAID.newDone} lead={SAID.newDoneLead} below={<Way says={SAID.signIn} />} />;
  if (failed) return <Missing error={new Unreachable()} again={open} />;
  if (recovery === undefined) return <Loading tall />;
  if (!recovery) return <Door title={SAID.linkOver} lead={SAID.linkOverLead} below={<Way says={SAID.linkAnother} />} />;
  return <Form recovery={recovery} supabase={supabase} onDone={() => setDone(true)} />;
}

function Way({ says }: { says: string }) {
  return (
    <Link href="/" className="door-go">
      {says}
    </Link>
  );
}

function Form({ recovery, supabase, onDone }: { recovery: Recovery; supabase: SupabaseClient; onDone: () => void }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  async function set(form: FormData): Promise<void> {
    setBusy(true);
    const { data, error } = await recovery.auth.updateUser({ password: String(form.get("password")) });
    setBusy(false);
    if (error) return setProblem(said(error));
    await recovery.auth.signOut();
    const { data: here } = await supabase.auth.getSession();
    // Auth has ended all sessions of the account: the one here would live on until its token is old
    if (here.session?.user.id === data.user.id) await supabase.auth.signOut({ scope: "local" });
    onDone();
  }

  return (
    <Door
      title={SAID.newTitle}
      lead={SAID.newFor(recovery.email)}
      form={{ go: SAID.newGo, busy, problem, told: "", onSubmit: (form) => void set(form) }}
    >
      <Input says={SAID.newPassword} name="password" autoComplete="new-password" minLength={SHORTEST_PASSWORD} />
    </Door>
  );
}

/** Whom the link is for, as Auth itself says; null when it is not good. */
async function opened({ auth }: SupabaseClient, link: URLSearchParams): Promise<Recovery | null> {
  const [access_token, refresh_token] = [link.get("access_token"), link.get("refresh_token")];
  if (link.get("type") !== "recovery" || !access_token || !refresh_token) return null;
  const { data, error } = await auth.setSession({ access_token, refresh_token });
  if (isAuthRetryableFetchError(error)) throw error; // nobody has judged the link
  return data.user?.email ? { auth, email: data.user.email } : null;
}
