import type { SupabaseClient } from "@supabase/supabase-js";
import { accountCalls } from "./account";
import { signedInApi } from "./api";
import { garmentCalls, garmentsOf, lookCalls } from "./garments";
import { lookBookCalls } from "./lookBooks";
import { modelCalls } from "./models";
import { News } from "./news";
import { Unreachable } from "./problems";
import { type Terms, terms } from "./terms";
import { photosOf, trainingCalls } from "./trainings";
import { tryOnCalls } from "./tryOns";
import { Uploads } from "./uploads";
import type { ConsentText } from "./schemas";
import { type Watch, watch } from "./watch";

export interface Connection {
  /** Where the API is, without a slash at the end. */
  apiUrl: string;
  /** The host's own client, signed in: its session is used and never kept. */
  supabase: SupabaseClient;
}

/** Everything that a signed-in owner may do. */
export function createCroquis({ apiUrl, supabase }: Connection) {
  const api = signedInApi(apiUrl, supabase);
  const news = new News(supabase);
  const trainings = trainingCalls(api);
  const garments = garmentCalls(api);
  return {
    trainings,
    models: modelCalls(api),
    garments,
    looks: lookCalls(api),
    tryOns: tryOnCalls(api),
    lookBooks: lookBookCalls(api),
    account: accountCalls(api),
    uploads: (jobId: string) => new Uploads(photosOf(trainings, jobId)),
    garmentUploads: () => new Uploads(garmentsOf(garments)),
    watch: (jobId: string | null, what: Watch) => watch(news, jobId, what),

    /** What the consents of all trainings allow until when, and what their runs have cost. */
    terms: (): Promise<ReadonlyMap<string, Terms>> => terms(supabase),

    /** The newest consent text: to be shown in full before anybody agrees. */
    async consentText(): Promise<ConsentText> {
      const newest = supabase.from("consent_texts").select("version, body").order("published_at", { ascending: false });
      const { data, status } = await newest.limit(1).single();
      if (!data) throw new Unreachable(status || undefined); // 0 without a network
      return data as ConsentText;
    },
  };
}

export type Croquis = ReturnType<typeof createCroquis>;
