// The kinds of messages, with an icon for those that are not words.
import {
  type Icon, IconAddressBook, IconClick, IconFile, IconForms, IconInfoCircle, IconLink, IconMapPin, IconMicrophone,
  IconMoodSmile, IconPhoto, IconPlayerPlay, IconQuestionMark, IconShoppingCart, IconTemplate,
} from "@tabler/icons-react";
import { id } from "./words";

export type KindKey = keyof typeof id.kinds;

const ICONS: Partial<Record<KindKey, Icon>> = {
  image: IconPhoto,
  video: IconPlayerPlay,
  audio: IconMicrophone,
  voice: IconMicrophone,
  document: IconFile,
  file: IconFile,
  sticker: IconMoodSmile,
  location: IconMapPin,
  contacts: IconAddressBook,
  contact: IconAddressBook,
  template: IconTemplate,
  reel: IconPlayerPlay,
  share: IconLink,
  story: IconPhoto,
  story_mention: IconPhoto,
  story_reply: IconPhoto,
  postback: IconClick,
  button: IconClick,
  button_reply: IconClick,
  list_reply: IconClick,
  quick_reply: IconClick,
  nfm_reply: IconForms,
  order: IconShoppingCart,
  system: IconInfoCircle,
  call_permission_reply: IconMicrophone,
  media_placeholder: IconPhoto,
  unsupported: IconQuestionMark,
  fallback: IconLink,
  unknown: IconQuestionMark,
};

/** The words' key and the icon of a kind; one from the future is unknown. */
export function kindWords(kind: string | undefined): { key: KindKey; Icon: Icon | undefined } {
  const key = kind !== undefined && Object.hasOwn(id.kinds, kind) ? (kind as KindKey) : "unknown";
  return { key, Icon: ICONS[key] };
}
