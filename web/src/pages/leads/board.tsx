// The board of a wide screen: a column for each status, and cards that can be dragged between them.
import { DragDropContext, Draggable, type DraggableProvided, Droppable, type DropResult } from "@hello-pangea/dnd";
import type { Lead, LeadStatus } from "@leadgen-pro/client";
import { Badge, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ColumnEnd } from "./column-end";
import type { Board } from "./board-data";
import { LeadCard } from "./lead-card";
import classes from "./leads.module.css";
import { STATUSES } from "./status";

interface Props {
  board: Board;
  filtered: boolean;
  onMove(lead: Lead, to: LeadStatus): void;
}

/** The library makes every handle a button, which must hold no other control: a card is a group that can be focused. */
const handle = (provided: DraggableProvided, name: string) => ({ ...provided.dragHandleProps, role: "group", "aria-label": name });

export default function LeadBoard({ board, filtered, onMove }: Props) {
  const { t } = useTranslation();
  const find = (id: string) => STATUSES.flatMap((status) => board.columns[status].data ?? []).find((lead) => lead.id === id);
  const name = (id: string) => find(id)?.name ?? "";
  const words = (status: string) => t(`leads.status.${status as LeadStatus}`);

  function dropped({ draggableId, source, destination }: DropResult) {
    const lead = find(draggableId);
    if (lead && destination && destination.droppableId !== source.droppableId) onMove(lead, destination.droppableId as LeadStatus);
  }

  return (
    <DragDropContext
      dragHandleUsageInstructions={t("leads.drag.help")}
      onDragStart={({ draggableId, source }, { announce }) => announce(t("leads.drag.lifted", { name: name(draggableId), from: words(source.droppableId) }))}
      onDragUpdate={({ draggableId, destination }, { announce }) => {
        if (destination) announce(t("leads.drag.over", { name: name(draggableId), to: words(destination.droppableId) }));
      }}
      onDragEnd={(result, { announce }) => {
        const { draggableId, source, destination } = result;
        announce(destination
          ? t("leads.drag.dropped", { name: name(draggableId), to: words(destination.droppableId) })
          : t("leads.drag.cancelled", { name: name(draggableId), from: words(source.droppableId) }));
        dropped(result);
      }}
    >
      <div className={classes.board} role="group" aria-label={t("leads.board")}>
        {STATUSES.map((status) => {
          const column = board.columns[status];
          return (
            <section key={status} className={classes.column} aria-label={words(status)}>
              <Group justify="space-between" px="sm" py={10} wrap="nowrap" className={classes.columnHead} data-status={status}>
                <Text component="h2" size="sm" fw={700}>{words(status)}</Text>
                {column.data && <Badge variant="light" color="gray">{column.searched?.found ?? column.data.length}{column.hasMore && !column.searched && "+"}</Badge>}
              </Group>
              <Droppable droppableId={status}>
                {(provided, { isDraggingOver }) => (
                  <div ref={provided.innerRef} {...provided.droppableProps} className={classes.cards} data-over={isDraggingOver || undefined} tabIndex={-1}>
                    {column.data?.map((lead, index) => (
                      <Draggable key={lead.id} draggableId={lead.id} index={index}>
                        {(card, { isDragging }) => (
                          <div ref={card.innerRef} {...card.draggableProps} {...handle(card, lead.name)} className={classes.drag} data-dragging={isDragging || undefined}>
                            <LeadCard lead={lead} onMove={onMove} />
                          </div>
                        )}
                      </Draggable>
                    ))}
                    {provided.placeholder}
                    <ColumnEnd column={column} filtered={filtered} />
                  </div>
                )}
              </Droppable>
            </section>
          );
        })}
      </div>
    </DragDropContext>
  );
}
