"use client";
import { useEffect } from "react";

/** The browser asks before the page is left, while something would be lost. */
export function useWarningBeforeLeaving(losing: boolean): void {
  useEffect(() => {
    if (!losing) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [losing]);
}
