import type { components, paths } from "../generated/croquis";

/** Every view and request of the API, by its name in infra/openapi.json. */
export type Schemas = components["schemas"];
export type Paths = paths;

export type Training = Schemas["TrainingView"];
export type Photo = Schemas["PhotoView"];
export type Slot = Schemas["SlotView"];
export type Run = Schemas["RunView"];
export type Model = Schemas["ModelView"];
export type Picture = Schemas["ImageView"];
export type CataloguePicture = Schemas["CatalogueImageView"];
export type Garment = Schemas["GarmentView"];
export type Look = Schemas["LookView"];
export type Download = Schemas["DownloadView"];
export type Erasure = Schemas["ErasureView"];
export type WouldErase = Schemas["WouldEraseView"];
export type ImageOrder = Schemas["ImageOrderView"];
export type LookBook = Schemas["LookBookView"];
export type DryRun = Schemas["DryRunView"];
export type RunParameters = Schemas["RunParameters"];

/** What a person agrees to, as it was published. */
export interface ConsentText {
  version: string;
  body: string;
}
