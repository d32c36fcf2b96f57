import type { Api } from "./api";
import { dataOf } from "./problems";
import type { Model, Schemas } from "./schemas";

/** What a list of pictures is narrowed to. */
export interface PictureFilters {
  kind?: Schemas["ImageKind"];
  favourite?: boolean;
  accepted?: boolean;
  /** The first and the last day, in UTC, both included. */
  since?: string;
  until?: string;
  before?: string;
}

/** Approved people, the pictures of them, and what they consent to. */
export function modelCalls(api: Api) {
  const at = (model_id: string) => ({ params: { path: { model_id } } });
  const image = (image_id: string) => ({ params: { path: { image_id } } });
  const ordered = <Path>(path: Path, key: string) => ({ params: { path, header: { "Idempotency-Key": key } } });
  return {
    list: (archived = false, before?: string): Promise<Schemas["ModelList"]> =>
      dataOf(api.GET("/v1/models", { params: { query: { archived, ...(before ? { before } : {}) } } })),

    read: (model_id: string): Promise<Model> => dataOf(api.GET("/v1/models/{model_id}", at(model_id))),

    change: (model_id: string, body: Schemas["ChangeModel"]): Promise<Model> =>
      dataOf(api.PATCH("/v1/models/{model_id}", { ...at(model_id), body })),

    /** Makes an earlier run the one that pictures are made with. */
    restore: (model_id: string, run: number): Promise<Model> =>
      dataOf(api.POST("/v1/models/{model_id}/restore", { ...at(model_id), body: { run } })),

    weights: (model_id: string): Promise<Schemas["WeightsView"]> =>
      dataOf(api.GET("/v1/models/{model_id}/weights", at(model_id))),

    scenes: async (): Promise<Schemas["SceneView"][]> => (await dataOf(api.GET("/v1/scenes"))).scenes,

    order: async (model_id: string, wish: Schemas["GenerateImages"], key: string): Promise<Schemas["ImageOrderView"]> =>
      (await dataOf(
        api.POST("/v1/models/{model_id}/generations", { ...ordered({ model_id }, key), body: wish }),
      )) as Schemas["ImageOrderView"],

    tryOrder: async (model_id: string, wish: Schemas["GenerateImages"]): Promise<Schemas["DryRunView"]> =>
      (await dataOf(
        api.POST("/v1/models/{model_id}/generations", { ...at(model_id), body: { ...wish, dry_run: true } }),
      )) as Schemas["DryRunView"],

    repeat: async (image_id: string, wish: Schemas["RepeatImage"], key: string): Promise<Schemas["ImageOrderView"]> =>
      (await dataOf(
        api.POST("/v1/images/{image_id}/repeats", { ...ordered({ image_id }, key), body: wish }),
      )) as Schemas["ImageOrderView"],

    readOrder: (order_id: string): Promise<Schemas["ImageOrderView"]> =>
      dataOf(api.GET("/v1/image-orders/{order_id}", { params: { path: { order_id } } })),

    pictures: (model_id: string, filters: PictureFilters = {}): Promise<Schemas["CatalogueView"]> =>
      dataOf(api.GET("/v1/models/{model_id}/images", { params: { path: { model_id }, query: filters } })),

    mark: (image_id: string, body: Schemas["ChangeImage"]): Promise<Schemas["CatalogueImageView"]> =>
      dataOf(api.PATCH("/v1/images/{image_id}", { ...image(image_id), body })),

    remove: (image_id: string): Promise<unknown> => dataOf(api.DELETE("/v1/images/{image_id}", image(image_id))),

    /** A newer form of a consent, which counts as a whole from then on. */
    renew: (body: Schemas["RenewConsent"]): Promise<Schemas["ConsentView"]> =>
      dataOf(api.POST("/v1/consents", { body })),

    withdraw: (consent_id: string): Promise<unknown> =>
      dataOf(api.DELETE("/v1/consents/{consent_id}", { params: { path: { consent_id } } })),

    /** A link for the person shown; its token is in this answer alone. */
    openLink: (consent_id: string, body: Schemas["OpenLink"]): Promise<Schemas["NewLinkView"]> =>
      dataOf(api.POST("/v1/consents/{consent_id}/links", { params: { path: { consent_id } }, body })),
  };
}

export type Models = ReturnType<typeof modelCalls>;
