"use client";
import type { Croquis, Training } from "@croquis/client";
import { useCallback, useEffect, useRef, useState } from "react";

const WORKING = ["queued", "preparing", "training", "ingesting", "previewing"];
const ON_THE_WAY = ["uploaded", "checking"];

/** Does it go on by itself? */
export function works({ status }: Pick<Training, "status">): boolean {
  return WORKING.includes(status);
}

/** A training as it stands, read again whenever there may be news of it; `look` reads it at once. */
export function useTraining(croquis: Croquis, jobId: string) {
  const [training, setTraining] = useState<Training>();
  const [error, setError] = useState<unknown>();
  const reader = useRef<() => void>(undefined);
  useEffect(() => {
    const watching = croquis.watch(jobId, {
      read: async () => {
        const read = await croquis.trainings.read(jobId);
        setTraining(read);
        setError(undefined);
        return works(read) || read.photos.some((photo) => ON_THE_WAY.includes(photo.status));
      },
      failed: setError,
    });
    reader.current = watching.look;
    return watching.stop;
  }, [croquis, jobId]);
  const look = useCallback(() => reader.current?.(), []);
  return { training, error, look };
}
