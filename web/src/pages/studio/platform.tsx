import type { ContentPlatform } from "@leadgen-pro/client";
import { IconBrandFacebook, IconBrandInstagram, IconBrandWhatsapp, type Icon } from "@tabler/icons-react";

/** The platforms' own names, which no language changes. */
export const PLATFORMS: Record<ContentPlatform, { name: string; Icon: Icon; colour: string }> = {
  INSTAGRAM: { name: "Instagram", Icon: IconBrandInstagram, colour: "pink" },
  FACEBOOK: { name: "Facebook", Icon: IconBrandFacebook, colour: "blue" },
  WHATSAPP: { name: "WhatsApp", Icon: IconBrandWhatsapp, colour: "green" },
};

/** The platform of a channel, by its id `{platform}_{externalId}`. */
export function platformOf(channelId: string) {
  const word = channelId.split("_")[0] ?? "";
  return word in PLATFORMS ? PLATFORMS[word as ContentPlatform] : undefined;
}
