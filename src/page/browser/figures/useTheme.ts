import { useEffect, useState } from "preact/hooks";
import { type Palette, palettes } from "../drawing/ramps.js";

/** The colours of the reader's theme; those of the light one on paper. */
export function useTheme(): Palette {
  const [palette, setPalette] = useState(current);
  useEffect(() => {
    const queries = ["(prefers-color-scheme: dark)", "print"].map((query) => matchMedia(query));
    const update = () => setPalette(current());
    for (const query of queries) query.addEventListener("change", update);
    return () => {
      for (const query of queries) query.removeEventListener("change", update);
    };
  }, []);
  return palette;
}

function current(): Palette {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches;
  return palettes[isDark ? "dark" : "light"];
}
