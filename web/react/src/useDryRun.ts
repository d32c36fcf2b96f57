"use client";
import type { DryRun } from "@croquis/client";
import { useEffect, useState } from "react";

const PAUSE = 350; // ms after the last change before the price is asked for

/** What an order would be, asked a moment after its last change; nothing while there is nothing to ask about. */
export function useDryRun<Wish>(tryOut: (wish: Wish) => Promise<DryRun>, wish: Wish | undefined) {
  const [told, setTold] = useState<{ run?: DryRun; error?: unknown; of?: Wish }>({});
  useEffect(() => {
    if (wish === undefined) return undefined;
    let stale = false;
    const ask = () =>
      tryOut(wish).then(
        (run) => stale || setTold({ run, of: wish }),
        (error: unknown) => stale || setTold({ error, of: wish }),
      );
    const timer = setTimeout(() => void ask(), PAUSE);
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [tryOut, wish]);
  const known = wish !== undefined && told.of === wish;
  return {
    /** The price of the wish before is shown until that of this one is known, so that nothing jumps. */
    price: wish === undefined ? undefined : told.run?.expected_usd,
    dryRun: known ? told.run : undefined,
    error: known ? told.error : undefined,
  };
}
