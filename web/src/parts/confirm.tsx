import { Button, Group, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { tell } from "./refusal";

interface Props {
  opened: boolean;
  title: string;
  /** What the button does, in a verb: "Nonaktifkan". */
  yes: string;
  color?: string;
  /** Closes when it is done; a refusal is told and the question stays. */
  onYes(): Promise<unknown>;
  onClose(): void;
  children: ReactNode;
}

/** A question before something that is felt by others. */
export function Confirm({ opened, title, yes, color = "red", onYes, onClose, children }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);

  async function go() {
    setBusy(true);
    try {
      await onYes();
      onClose();
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal opened={opened} onClose={onClose} title={title} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      {children}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} disabled={busy}>{t("parts.cancel")}</Button>
        <Button color={color} onClick={go} loading={busy} data-autofocus>{yes}</Button>
      </Group>
    </Modal>
  );
}
