// The text of a post: the caption and, below it, the hashtags, exactly as the service puts them together.
import type { Channel, ContentMedia, ContentPlatform, GeneratedContent, PostKind } from "@leadgen-pro/client";

export function fullText({ caption, hashtags }: Pick<GeneratedContent, "caption" | "hashtags">): string {
  return hashtags.length ? `${caption}\n\n${hashtags.map((tag) => `#${tag}`).join(" ")}` : caption;
}

/** Longest text in UTF-16 units, hashtags included: the platforms' limits, which the service keeps too (src/content/caption.rs). */
export const LONGEST: Record<ContentPlatform, number> = { INSTAGRAM: 2_200, FACEBOOK: 63_206, WHATSAPP: 1_024 };

/** The kinds that a channel takes of a content; the usual one first, none when it cannot be posted there. */
export function kindsFor(channel: Pick<Channel, "platform">, generated: GeneratedContent, aspect: string | undefined): PostKind[] {
  const form: ContentMedia = generated.videoUrl ? "VIDEO" : generated.imageUrl ? "IMAGE" : "NONE";
  if (channel.platform === "FACEBOOK") {
    if (form === "NONE") return ["TEXT"];
    return form === "IMAGE" ? ["IMAGE", "TEXT"] : ["REEL", "TEXT"];
  }
  if (channel.platform !== "INSTAGRAM" || form === "NONE") return [];
  if (form === "VIDEO") return ["REEL", "STORY"];
  // A picture taller than 4:5 fits a story alone.
  return aspect === "9:16" ? ["STORY"] : ["IMAGE", "STORY"];
}
