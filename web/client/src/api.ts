import type { SupabaseClient } from "@supabase/supabase-js";
import createApi, { type Client } from "openapi-fetch";
import { SessionOver, Unreachable } from "./problems";
import type { Paths } from "./schemas";

export type Api = Client<Paths>;

/** Calls with the access token that is fresh at that moment; an answer of 401 ends the session on this device. */
export function signedInApi(apiUrl: string, supabase: SupabaseClient): Api {
  const api = createApi<Paths>({ baseUrl: apiUrl });
  api.use({
    async onRequest({ request }) {
      const { data, error } = await supabase.auth.getSession(); // refreshed where it must be
      // without a network it cannot be refreshed now, and is kept
      if (!data.session) throw error?.name === "AuthRetryableFetchError" ? new Unreachable() : new SessionOver();
      request.headers.set("Authorization", `Bearer ${data.session.access_token}`);
    },
    async onResponse({ response }) {
      if (response.status === 401) await supabase.auth.signOut({ scope: "local" });
    },
  });
  return api;
}

/** Calls as the person shown, with the token behind the # of their link. */
export function shownApi(apiUrl: string, token: string): Api {
  const api = createApi<Paths>({ baseUrl: apiUrl });
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Link ${token}`);
    },
  });
  return api;
}
