"use client";
import { useMemo } from "react";

/** Keys of orders that spend: the same order has the same key until it is answered, however often it is sent. */
export function useOrderKey() {
  return useMemo(() => {
    let held: { order: string; key: string } | undefined;
    return {
      of(...order: readonly unknown[]): string {
        const said = JSON.stringify(order);
        if (held?.order !== said) held = { order: said, key: crypto.randomUUID() };
        return held.key;
      },
      answered(): void {
        held = undefined;
      },
    };
  }, []);
}
