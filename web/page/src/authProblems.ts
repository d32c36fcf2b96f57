import { words } from "@croquis/react";
import { type AuthError, isAuthRetryableFetchError } from "@supabase/supabase-js";

const SAID = words.account;
const SENTENCES: Record<string, string> = {
  invalid_credentials: SAID.wrong,
  user_already_exists: SAID.taken,
  weak_password: SAID.weak,
  same_password: SAID.same,
  over_email_send_rate_limit: SAID.tooSoon,
  email_not_confirmed: SAID.confirm,
};

/** What Auth refused, in our words where we have some, else in its own. */
export function said(error: AuthError): string {
  if (isAuthRetryableFetchError(error)) return `${words.errors.unreachable} ${words.unreachable}`;
  return SENTENCES[error.code ?? ""] ?? error.message;
}
