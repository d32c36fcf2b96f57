import { createCroquis, type Croquis, Unreachable } from "@croquis/client";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";

interface Config {
  api: string;
  supabase: string;
  publishable_key: string;
}

export interface Connected {
  apiUrl: string;
  supabase: SupabaseClient;
  croquis: Croquis;
  /** Another client, whose session is gone with it. */
  keepsNothing: () => SupabaseClient;
}

/** Where everything is stands in a file beside the page, so that one build runs everywhere; nothing in it is secret. */
export async function connected(): Promise<Connected> {
  const answer = await fetch("/config.json").catch(() => undefined);
  if (!answer?.ok) throw new Unreachable(answer?.status);
  const { api: apiUrl, supabase: url, publishable_key } = (await answer.json()) as Config;
  // nobody is signed in by a link: whoever sends it would get the photos; and the token behind the # of /shown is ours
  const supabase = createClient(url, publishable_key, { auth: { detectSessionInUrl: false } });
  const nothing = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false, storageKey: "nothing" };
  const keepsNothing = () => createClient(url, publishable_key, { auth: nothing });
  return { apiUrl, supabase, croquis: createCroquis({ apiUrl, supabase }), keepsNothing };
}
