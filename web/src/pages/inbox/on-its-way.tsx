// A message that this device has sent and the conversation does not show yet.
import { Button, Group, Loader, Text } from "@mantine/core";
import { IconCloudUpload, IconHelpCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { clock } from "../../parts/time";
import { Linked } from "./bubble";
import type { Sending } from "./outbox";
import layout from "./thread.module.css";
import looks from "./message.module.css";

export function OnItsWay({ sending, onAgain, onDrop }: { sending: Sending; onAgain(): void; onDrop(): void }) {
  const { t } = useTranslation();
  const { state, text, template, at, problem } = sending;
  const stuck = state === "waiting" || state === "unheard";
  return (
    <div className={layout.slot}>
      <div className={looks.message} data-direction="OUT">
        <div className={looks.bubble} data-direction="OUT" data-unsure={stuck || undefined} aria-busy={!stuck}>
          <Linked text={text ?? `[${template?.name}] ${template?.parameters.join(" · ")}`} />
          <Group gap={4} justify="flex-end" wrap="nowrap" className={looks.foot}>
            <Text component="span" size="xs">{clock(at)}</Text>
            {!stuck ? (
              <Group gap={4} wrap="nowrap" role="status"><Loader size={12} aria-hidden /><Text component="span" size="xs">{t("inbox.message.sending")}</Text></Group>
            ) : state === "waiting" ? <IconCloudUpload size={15} aria-hidden /> : <IconHelpCircle size={15} aria-hidden />}
          </Group>
        </div>
        {stuck && (
          <div className={looks.problem} data-unsure role="status">
            <Text size="xs">{state === "waiting" ? t("inbox.message.waiting") : `${t("inbox.message.unsent")}. ${problem ?? ""}`}</Text>
            <Group gap="xs" justify="flex-end">
              {state === "unheard" && <Button size="compact-sm" variant="light" onClick={onAgain}>{t("inbox.message.retry")}</Button>}
              {state === "waiting" && <Button size="compact-sm" variant="subtle" color="gray" onClick={onDrop}>{t("inbox.message.drop")}</Button>}
            </Group>
          </div>
        )}
      </div>
    </div>
  );
}
