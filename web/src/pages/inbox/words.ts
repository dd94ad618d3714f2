// The inbox's words.
export { en } from "./words-en";
export { id } from "./words-id";
