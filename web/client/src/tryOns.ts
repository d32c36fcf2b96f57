import type { Api } from "./api";
import { dataOf } from "./problems";
import type { DryRun, ImageOrder, Schemas } from "./schemas";

/** Garments, or a look, and the picture that they are put on. */
export type TryOnWish = Omit<Schemas["OrderTryOn"], "dry_run">;
/** The newest garments, or a look; the server takes the model's best picture. */
export type QuickWish = Omit<Schemas["QuickTryOn"], "dry_run">;

/** Garments put on the person of a picture. What spends takes a key; `try…` spends nothing, and tells price and refusals. */
export function tryOnCalls(api: Api) {
  const keyed = (key: string) => ({ header: { "Idempotency-Key": key } });
  return {
    order: async (wish: TryOnWish, key: string): Promise<ImageOrder> =>
      (await dataOf(api.POST("/v1/try-ons", { params: keyed(key), body: wish }))) as ImageOrder,

    tryOrder: async (wish: TryOnWish): Promise<DryRun> =>
      (await dataOf(api.POST("/v1/try-ons", { body: { ...wish, dry_run: true } }))) as DryRun,

    quick: async (model_id: string, wish: QuickWish, key: string): Promise<ImageOrder> =>
      (await dataOf(
        api.POST("/v1/models/{model_id}/try-ons", {
          params: { path: { model_id }, ...keyed(key) },
          body: wish,
        }),
      )) as ImageOrder,

    tryQuick: async (model_id: string, wish: QuickWish): Promise<DryRun> =>
      (await dataOf(
        api.POST("/v1/models/{model_id}/try-ons", { params: { path: { model_id } }, body: { ...wish, dry_run: true } }),
      )) as DryRun,
  };
}
