import "@croquis/react/theme.css";
import "./page.css";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { connected } from "./connection";
import { Missing } from "@croquis/react";

const root = createRoot(document.getElementById("page")!);
try {
  root.render(<App connection={await connected()} />);
} catch (error) {
  root.render(
    <main className="main">
      <Missing error={error} again={() => location.reload()} />
    </main>,
  );
}
