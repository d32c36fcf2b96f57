import type { Session, SupabaseClient } from "@supabase/supabase-js";
import { useCallback, useEffect, useRef, useState } from "react";

/** The session: undefined until it is known, null without one; `ended` when it was over without `leave`. */
export function useSession(supabase: SupabaseClient) {
  const [session, setSession] = useState<Session | null>();
  const [ended, setEnded] = useState(false);
  const leaving = useRef(false);
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((event, now) => {
      if (event === "SIGNED_OUT") setEnded(!leaving.current);
      if (event === "SIGNED_IN") leaving.current = false;
      setSession(now);
    });
    return () => data.subscription.unsubscribe();
  }, [supabase]);
  const leave = useCallback(() => {
    leaving.current = true;
    void supabase.auth.signOut({ scope: "local" });
  }, [supabase]);
  return { session, ended, leave };
}
