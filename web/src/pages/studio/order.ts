// What somebody wants made, without the name that makes its repetition safe.
import type { GenerateContent } from "@leadgen-pro/client";

export type Order = Omit<GenerateContent, "requestId">;
