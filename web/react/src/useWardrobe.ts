"use client";
import type { Croquis, Garment, Look } from "@croquis/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { everyPage } from "./everyPage";

const ON_THE_WAY = ["uploaded", "checking"];

interface Wardrobe {
  garments: readonly Garment[];
  looks: readonly Look[];
}

/** All garments and looks, read again whenever there may be news of them; `look` reads at once. */
export function useWardrobe(croquis: Croquis) {
  const [wardrobe, setWardrobe] = useState<Wardrobe>();
  const [error, setError] = useState<unknown>();
  const reader = useRef<() => void>(undefined);
  useEffect(() => {
    const watching = croquis.watch(null, {
      read: async () => {
        const [garments, looks] = await Promise.all([
          everyPage(async (before) => {
            const page = await croquis.garments.list(before ? { before } : {});
            return { found: page.garments, next: page.next };
          }),
          everyPage(async (before) => {
            const page = await croquis.looks.list(before);
            return { found: page.looks, next: page.next };
          }),
        ]);
        setWardrobe({ garments, looks });
        setError(undefined);
        return garments.some((it) => ON_THE_WAY.includes(it.status));
      },
      failed: setError,
    });
    reader.current = watching.look;
    return watching.stop;
  }, [croquis]);
  const look = useCallback(() => reader.current?.(), []);
  return { wardrobe, error, look };
}
