// The picture or film of a content: what is there, what is still being made, what could not be fetched.
import type { ContentMedia, GeneratedContent } from "@leadgen-pro/client";
import { Anchor, AspectRatio, Center, Loader, Skeleton, Stack, Text } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./preview.module.css";

interface Props {
  generated?: GeneratedContent | undefined;
  media: ContentMedia;
  aspect: string | undefined;
  /** Whether it is still being made. */
  pending: boolean;
}

/** The shape that is made when none was asked for. */
const USUAL = { NONE: "1:1", IMAGE: "4:5", VIDEO: "9:16" } as const;

export function Medium({ generated, media, aspect, pending }: Props) {
  const { t } = useTranslation();
  const { imageUrl, videoUrl, altText } = generated ?? {};
  const url = videoUrl ?? imageUrl;
  const [broken, setBroken] = useState<string>();
  if (media === "NONE" || (!url && !pending)) return null;
  const [width = 1, height = 1] = (aspect ?? USUAL[media]).split(":").map(Number);
  return (
    <AspectRatio ratio={width / height} className={classes.media}>
      {!url ? (
        <div>
          <Skeleton h="100%" radius={0} pos="absolute" inset={0} />
          <Center pos="absolute" inset={0}>
            <Stack align="center" gap="xs">
              <Loader size="sm" />
              <Text size="sm">{t(media === "VIDEO" ? "studio.preview.filmPending" : "studio.preview.mediaPending")}</Text>
            </Stack>
          </Center>
        </div>
      ) : broken === url ? (
        <Center p="md">
          <Stack align="center" gap="xs">
            <IconPhotoOff aria-hidden />
            <Text size="sm" ta="center">{t("studio.preview.mediaFailed")}</Text>
            <Anchor href={url} target="_blank" rel="noopener noreferrer" size="sm">{t("studio.preview.download")}</Anchor>
          </Stack>
        </Center>
      ) : videoUrl ? (
        <video src={videoUrl} controls playsInline preload="metadata" aria-label={altText} onError={() => setBroken(url)} />
      ) : (
        <img src={imageUrl} alt={altText ?? ""} decoding="async" onError={() => setBroken(url)} />
      )}
    </AspectRatio>
  );
}
