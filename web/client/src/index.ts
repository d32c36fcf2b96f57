export { createCroquis, type Connection, type Croquis } from "./croquis";
export { ApiProblem, isFinal, SessionOver, Unreachable } from "./problems";
export { NotSent } from "./sending";
export { createShown, type Shown } from "./shown";
export { type Faults, look, type Looked } from "./look";
export { sorted } from "./sorting";
export { Uploads, type Upload } from "./uploads";
export type { PictureFilters } from "./models";
export type * from "./schemas";
