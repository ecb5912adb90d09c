/** One HTML file that runs a model in the browser. */
export type { PageModel, PageSnapshot, Payload } from "./payload.js";
export { type PageOptions, type WrittenPage, writePage } from "./writePage.js";
