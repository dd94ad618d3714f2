import type { ChannelPlatform } from "@leadgen-pro/client";
import { ThemeIcon } from "@mantine/core";
import { IconBrandFacebook, IconBrandInstagram, IconBrandWhatsapp } from "@tabler/icons-react";

const LOOKS = {
  FACEBOOK: { Icon: IconBrandFacebook, color: "blue.7" },
  INSTAGRAM: { Icon: IconBrandInstagram, color: "pink.7" },
  WHATSAPP: { Icon: IconBrandWhatsapp, color: "teal.8" },
};

/** The platform's sign; its name stands beside it in words. */
export function PlatformMark({ platform, size = 44 }: { platform: ChannelPlatform; size?: number }) {
  const { Icon, color } = LOOKS[platform];
  return (
    <ThemeIcon color={color} size={size} radius="md" aria-hidden>
      <Icon size={size * 0.6} stroke={1.6} />
    </ThemeIcon>
  );
}
