"use client";
import type { CataloguePicture, Croquis, Model } from "@croquis/client";
import { useCallback, useEffect, useState } from "react";
import { useAction } from "./useAction";

/** A model and those of its pictures that can be seen. */
export interface ModelPictures {
  model: Model | undefined;
  pictures: readonly CataloguePicture[] | undefined;
  more: (() => void) | undefined;
  error: unknown;
  again: () => void;
}

/** Reads a model and its newest pictures; `more` reads older ones. */
export function useModelPictures(croquis: Croquis, modelId: string): ModelPictures {
  const [model, setModel] = useState<Model>();
  const [pictures, setPictures] = useState<readonly CataloguePicture[]>();
  const [next, setNext] = useState<string | null>(null);
  const reading = useAction();
  const read = useCallback(
    (before?: string) =>
      reading.run(async () => {
        if (!before) setModel(await croquis.models.read(modelId));
        const page = await croquis.models.pictures(modelId, before ? { before } : {});
        setPictures((held) => [...(before ? (held ?? []) : []), ...page.images.filter((it) => it.url)]);
        setNext(page.next);
      }),
    [croquis, modelId, reading.run],
  );
  const again = useCallback(() => void read(), [read]);
  useEffect(again, [again]);
  return { model, pictures, more: next ? () => void read(next) : undefined, error: reading.error, again };
}
