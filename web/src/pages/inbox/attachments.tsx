// What hangs on a message. Files come by the link that the document names once they are stored; nothing is fetched from
// anywhere else by itself.
import type { Attachment } from "@leadgen-pro/client";
import { Anchor, Group, Loader, Text, ThemeIcon } from "@mantine/core";
import { type Icon as TablerIcon, IconExternalLink, IconFile, IconMapPin, IconPhone, IconPhotoOff, IconUser } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { locale } from "../../parts/time";
import classes from "./inbox.module.css";
import { kindWords } from "./kinds";
import { id } from "./words";
import looks from "./message.module.css";

/** Links come from strangers: only those that a browser can open as a page are shown as links. */
export function safeLink(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  const { protocol, hostname } = new URL(url);
  const here = hostname === "127.0.0.1" || hostname === "localhost";
  return protocol === "https:" || (protocol === "http:" && here) ? url : undefined;
}

export function AttachmentView({ attachment }: { attachment: Attachment }) {
  const { kind, state } = attachment;
  if (state === "PENDING") return <Fetching kind={kind} />;
  if (state === "FAILED") return <Lost attachment={attachment} />;
  if (kind === "location") return <Place attachment={attachment} />;
  if (kind === "contact") return <Card attachment={attachment} />;
  const url = safeLink(attachment.url);
  if (state !== "STORED" || !url) return <Elsewhere attachment={attachment} url={url} />;
  switch (kind) {
    case "image":
    case "sticker":
      return <Picture url={url} small={kind === "sticker"} />;
    case "video":
      return <video className={looks.video} src={url} controls preload="metadata" playsInline />;
    case "audio":
    case "voice":
      return <audio className={looks.audio} src={url} controls preload="none" />;
    default:
      return <Document attachment={attachment} url={url} />;
  }
}

function Picture({ url, small }: { url: string; small: boolean }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  if (broken) return <Note Icon={IconPhotoOff} text={t("inbox.file.lost.OTHER")} />;
  const image = <img src={url} alt={t("inbox.file.image")} className={small ? looks.sticker : looks.image} loading="lazy" decoding="async" onError={() => setBroken(true)} />;
  return small ? image : <a href={url} target="_blank" rel="noopener noreferrer" aria-label={t("inbox.file.openImage")}>{image}</a>;
}

function Document({ attachment, url }: { attachment: Attachment; url: string }) {
  const { t } = useTranslation();
  const { fileName, mimeType, sizeBytes, kind } = attachment;
  const about = [mimeType?.split("/").pop()?.toUpperCase(), sizeBytes !== undefined && bytes(sizeBytes)].filter(Boolean).join(" · ");
  return (
    <a className={looks.card} href={url} target="_blank" rel="noopener noreferrer">
      <ThemeIcon variant="light" size={40} radius="md" aria-hidden><IconFile size={22} stroke={1.6} /></ThemeIcon>
      <span className={looks.cardWords}>
        <Text component="span" size="sm" fw={600} lineClamp={2}>{fileName ?? t(`inbox.kinds.${kindWords(kind).key}`)}</Text>
        <Text component="span" size="xs" className={classes.quiet}>{about || t("inbox.file.open")}</Text>
      </span>
    </a>
  );
}

function bytes(count: number): string {
  const [unit, size] = count < 1_000_000 ? (["kilobyte", 1_000] as const) : (["megabyte", 1_000_000] as const);
  return new Intl.NumberFormat(locale(), { style: "unit", unit, maximumFractionDigits: 1 }).format(Math.max(count / size, 0.1));
}

function Place({ attachment: { title, latitude, longitude } }: { attachment: Attachment }) {
  const { t } = useTranslation();
  if (latitude === undefined || longitude === undefined) return <Note Icon={IconMapPin} text={title ?? t("inbox.kinds.location")} />;
  return (
    <a className={looks.card} href={`https://www.google.com/maps?q=${latitude},${longitude}`} target="_blank" rel="noopener noreferrer">
      <ThemeIcon variant="light" size={40} radius="md" aria-hidden><IconMapPin size={22} stroke={1.6} /></ThemeIcon>
      <span className={looks.cardWords}>
        <Text component="span" size="sm" fw={600} lineClamp={2}>{title ?? t("inbox.kinds.location")}</Text>
        <Text component="span" size="xs" className={classes.quiet}>{t("inbox.file.map")}</Text>
      </span>
    </a>
  );
}

function Card({ attachment: { title, phones } }: { attachment: Attachment }) {
  const { t } = useTranslation();
  return (
    <div className={looks.card}>
      <ThemeIcon variant="light" size={40} radius="xl" aria-hidden><IconUser size={22} stroke={1.6} /></ThemeIcon>
      <span className={looks.cardWords}>
        <Text component="span" size="sm" fw={600}>{title ?? t("inbox.kinds.contact")}</Text>
        {phones?.map((phone) => (
          <Anchor key={phone} size="sm" href={`tel:${phone.replace(/[^\d+]/g, "")}`} aria-label={t("inbox.file.phone", { phone })}>
            <IconPhone size={13} className={classes.inline} aria-hidden />{phone}
          </Anchor>
        ))}
      </span>
    </div>
  );
}

/** What is not kept: shared posts, reels, stories, buttons of templates. */
function Elsewhere({ attachment: { kind, title }, url }: { attachment: Attachment; url: string | undefined }) {
  const { t } = useTranslation();
  const { key, Icon } = kindWords(kind);
  const words = title ?? t(`inbox.kinds.${key}`);
  if (!url) return <Note Icon={Icon ?? IconFile} text={words} />;
  return (
    <Anchor href={url} target="_blank" rel="noopener noreferrer" size="sm" fw={600} className={classes.wrap}>
      {words} <IconExternalLink size={14} className={classes.inline} aria-hidden />
    </Anchor>
  );
}

function Fetching({ kind }: { kind: string }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" wrap="nowrap" className={looks.card}>
      <Loader size="sm" aria-hidden />
      <Text component="span" size="sm">{t(`inbox.kinds.${kindWords(kind).key}`)} · {t("inbox.file.fetching")}</Text>
    </Group>
  );
}

function Lost({ attachment: { kind, fileName, reason } }: { attachment: Attachment }) {
  const { t } = useTranslation();
  const why = reason !== undefined && Object.hasOwn(id.file.lost, reason) ? (reason as keyof typeof id.file.lost) : "OTHER";
  return <Note Icon={IconPhotoOff} text={`${fileName ?? t(`inbox.kinds.${kindWords(kind).key}`)}: ${t(`inbox.file.lost.${why}`)}`} />;
}

function Note({ Icon, text }: { Icon: TablerIcon; text: string }) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Icon size={16} aria-hidden className={looks.noteIcon} />
      <Text component="span" size="sm" fs="italic" className={classes.wrap}>{text}</Text>
    </Group>
  );
}
