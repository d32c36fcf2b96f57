"use client";
import type { Croquis, ImageOrder } from "@croquis/client";
import { useEffect, useRef } from "react";

const SOON = 2500; // ms: of what the checks find no event tells
const LOOKS = 8;

interface Heard {
  onOrder: (order: ImageOrder) => void;
  onPictures: () => void;
}

/** Reads an order until each picture is there or failed; with `checked` until it is told what was found in them, too. */
export function useOrder(croquis: Croquis, order: ImageOrder | undefined, heard: Heard, checked = false): void {
  const newest = useRef(heard);
  newest.current = heard;
  const id = order?.id;
  useEffect(() => {
    if (!id) return undefined;
    let over = false; // or another order is read by now
    let looks = 0;
    const { stop, look } = croquis.watch(null, {
      read: async () => {
        if (over) return false;
        const read = await croquis.models.readOrder(id);
        if (over) return false;
        const made = read.status !== "working";
        const unseen = checked && made && read.images.some((it) => it.url && !it.checks);
        over = made && !unseen;
        newest.current.onOrder(read);
        if (made && looks === 0) newest.current.onPictures();
        if (unseen && looks < LOOKS) setTimeout(look, SOON); // after that as rarely as the watch does it
        if (made) looks += 1;
        return !over;
      },
      failed: () => undefined, // the pictures are in the gallery in any case
    });
    return () => {
      over = true;
      stop();
    };
  }, [croquis, id, checked]);
}
