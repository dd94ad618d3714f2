// The look: a deep green and a warm gold, one typeface that was drawn for Jakarta, touch targets for thumbs.
import "@fontsource-variable/plus-jakarta-sans";
import { Avatar, Badge, createTheme, Drawer, type MantineColorsTuple, Menu, Modal } from "@mantine/core";

const zamrud: MantineColorsTuple = [
  "#e7f7f2", "#cfebe2", "#9fd7c6", "#6bc2a8", "#43b08f", "#2aa480", "#0e8564", "#0b6f55", "#0b5d4e", "#064338",
];

const kencana: MantineColorsTuple = [
  "#fdf6e4", "#f7e9c7", "#eed292", "#e5ba59", "#dda62b", "#d99a10", "#b97f05", "#946503", "#714c01", "#4f3400",
];

// Mantine's red from its sixth shade on is too pale for white words.
const red: MantineColorsTuple = [
  "#fff5f5", "#ffe3e3", "#ffc9c9", "#ffa8a8", "#ff8787", "#f05252", "#e03131", "#d42a2a", "#c92a2a", "#a61e1e",
];

// Mantine's dark greys with a breath of the green.
const dark: MantineColorsTuple = [
  "#d3dadb", "#b4bfc1", "#8b989b", "#667276", "#3a4549", "#2d373a", "#20282b", "#181f22", "#12181a", "#0b1011",
];

export const theme = createTheme({
  primaryColor: "zamrud",
  primaryShade: { light: 8, dark: 6 },
  colors: { zamrud, kencana, red, dark },
  fontFamily: "'Plus Jakarta Sans Variable', system-ui, sans-serif",
  headings: { fontWeight: "700" },
  defaultRadius: "md",
  cursorType: "pointer",
  autoContrast: true,
  // Who asked the device for less motion gets none here.
  respectReducedMotion: true,
  components: {
    // The colours whose initials stand out enough from their light ground.
    Avatar: Avatar.extend({ defaultProps: { allowedInitialsColors: ["blue", "cyan", "grape", "indigo", "pink", "violet"] } }),
    Badge: Badge.extend({ styles: { root: { textTransform: "none", fontWeight: 600 } } }),
    // Without it the first entry gets the focus, and no element stands in the menu that is none of its entries.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    // A dialog's head is not the page's.
    Modal: Modal.extend({ defaultProps: { attributes: { header: { role: "presentation" } } }, styles: { title: { fontWeight: 700, fontSize: "var(--mantine-font-size-lg)" } } }),
    Drawer: Drawer.extend({ defaultProps: { attributes: { header: { role: "presentation" } } }, styles: { title: { fontWeight: 700 } } }),
  },
});
