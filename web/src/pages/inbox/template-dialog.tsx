// A WhatsApp template, filled in by hand: which there are, the organisation sees in WhatsApp Manager.
import { ActionIcon, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Template } from "./outbox";
import { id } from "./words";

/** The platform's limit. */
const MOST_PARAMETERS = 30;

const LANGUAGES = Object.keys(id.reply.languages) as (keyof typeof id.reply.languages)[];

export function TemplateDialog({ opened, onClose, onSend }: { opened: boolean; onClose(): void; onSend(template: Template): void }) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("inbox.reply.templateTitle")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      <TemplateForm onSend={onSend} />
    </Modal>
  );
}

function TemplateForm({ onSend }: { onSend(template: Template): void }) {
  const { t } = useTranslation();
  const form = useForm<Template>({
    initialValues: { name: "", language: "id", parameters: [] },
    validate: {
      name: (name) => (/^[a-z0-9_]{1,512}$/.test(name.trim()) ? null : t("inbox.reply.templateNameWrong")),
    },
  });
  const { parameters } = form.getValues();

  function submit(values: Template) {
    const empty = values.parameters.findIndex((it) => !it.trim());
    if (empty >= 0) form.setFieldError(`parameters.${empty}`, t("inbox.reply.parameterEmpty"));
    else onSend({ ...values, name: values.name.trim(), parameters: values.parameters.map((it) => it.trim()) });
  }

  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <Text size="sm" c="dimmed">{t("inbox.reply.templateText")}</Text>
        <TextInput label={t("inbox.reply.templateName")} description={t("inbox.reply.templateNameText")} required size="md" autoCapitalize="none" autoCorrect="off" spellCheck={false} data-autofocus {...form.getInputProps("name")} />
        <Select label={t("inbox.reply.templateLanguage")} size="md" allowDeselect={false} data={LANGUAGES.map((value) => ({ value, label: t(`inbox.reply.languages.${value}`) }))} {...form.getInputProps("language")} />
        {parameters.map((_, at) => (
          <Group key={at} gap="xs" align="flex-end" wrap="nowrap">
            <TextInput flex={1} size="md" maxLength={1024} label={t("inbox.reply.parameter", { n: at + 1 })} description={t("inbox.reply.parameterText", { placeholder: `{{${at + 1}}}` })} {...form.getInputProps(`parameters.${at}`)} />
            <ActionIcon size={42} variant="subtle" color="gray" onClick={() => form.removeListItem("parameters", at)} aria-label={t("inbox.reply.removeParameter", { n: at + 1 })}><IconTrash size={18} /></ActionIcon>
          </Group>
        ))}
        {parameters.length < MOST_PARAMETERS && (
          <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => form.insertListItem("parameters", "")}>{t("inbox.reply.addParameter")}</Button>
        )}
        <Button type="submit" size="md">{t("inbox.reply.template")}</Button>
      </Stack>
    </form>
  );
}
