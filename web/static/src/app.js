// What scripts add to pages that work without them: faster page changes, guarded forms, a menu that closes.
import "../../../node_modules/htmx.org/dist/htmx.esm.js";
import { watchBoard } from "./board.js";
import { watchForms } from "./forms.js";
import { watchKeep } from "./keep.js";
import { watchLocate } from "./locate.js";
import { watchMenu } from "./menu.js";
import { watchPages } from "./pages.js";
import { watchPrint } from "./print.js";
import { watchReveal } from "./reveal.js";
import { watchSearch } from "./search.js";
import { watchSimilar } from "./similar.js";

watchBoard();
watchForms();
watchKeep();
watchPages();
watchMenu();
watchLocate();
watchPrint();
watchReveal();
watchSearch();
watchSimilar();
