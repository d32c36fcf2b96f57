"use client";
import { ApiProblem, NotSent, SessionOver, Unreachable } from "@croquis/client";
import { useCallback, useState } from "react";

/** Runs one thing at a time, and keeps why it failed. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = useCallback(async (action: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await action();
    } catch (failed) {
      setError(failed);
      if (!isOurs(failed)) console.error(failed); // a fault of the page: whoever mends it looks there
    } finally {
      setBusy(false);
    }
  }, []);
  return { run, busy, error };
}

function isOurs(error: unknown): boolean {
  return [ApiProblem, NotSent, SessionOver, Unreachable].some((it) => error instanceof it);
}
