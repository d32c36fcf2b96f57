import type { Api } from "./api";
import { dataOf } from "./problems";
import type { Garment, Look, Schemas } from "./schemas";
import type { Destination } from "./uploads";

/** What a list of garments is narrowed to. */
export interface GarmentFilters {
  category?: Schemas["GarmentCategory"];
  status?: Schemas["GarmentStatus"];
  before?: string;
}

/** What is said of a garment when its picture is announced. */
export interface NewGarment {
  readonly name: string;
  readonly category: Schemas["GarmentCategory"];
}

/** The garments of an owner, each a picture that is checked by itself. */
export function garmentCalls(api: Api) {
  const at = (garment_id: string) => ({ params: { path: { garment_id } } });
  return {
    list: (filters: GarmentFilters = {}): Promise<Schemas["GarmentList"]> =>
      dataOf(api.GET("/v1/garments", { params: { query: filters } })),

    read: (garment_id: string): Promise<Garment> => dataOf(api.GET("/v1/garments/{garment_id}", at(garment_id))),

    announce: (body: Schemas["AddGarment"]): Promise<Schemas["GarmentUploadView"]> =>
      dataOf(api.POST("/v1/garments", { body })),

    change: (garment_id: string, body: Schemas["ChangeGarment"]): Promise<Garment> =>
      dataOf(api.PATCH("/v1/garments/{garment_id}", { ...at(garment_id), body })),

    remove: (garment_id: string): Promise<unknown> => dataOf(api.DELETE("/v1/garments/{garment_id}", at(garment_id))),
  };
}

export type Garments = ReturnType<typeof garmentCalls>;

/** The garments of an owner, as what pictures are uploaded into. */
export function garmentsOf(garments: Garments): Destination<NewGarment> {
  return {
    async announce({ type, size }, { name, category }) {
      const { garment, ...to } = await garments.announce({ name, category, content_type: type, bytes: size });
      return { id: garment.id, to };
    },
    takeBack: (id) => garments.remove(id),
  };
}

/** Garments that are worn together, under a name. */
export function lookCalls(api: Api) {
  const at = (look_id: string) => ({ params: { path: { look_id } } });
  return {
    list: (before?: string): Promise<Schemas["LookList"]> =>
      dataOf(api.GET("/v1/looks", { params: { query: before ? { before } : {} } })),

    keep: (body: Schemas["AddLook"]): Promise<Look> => dataOf(api.POST("/v1/looks", { body })),

    change: (look_id: string, body: Schemas["ChangeLook"]): Promise<Look> =>
      dataOf(api.PATCH("/v1/looks/{look_id}", { ...at(look_id), body })),

    remove: (look_id: string): Promise<unknown> => dataOf(api.DELETE("/v1/looks/{look_id}", at(look_id))),
  };
}
