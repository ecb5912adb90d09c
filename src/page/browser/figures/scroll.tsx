import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** What may be wider than the page: it scrolls sideways, by key too where it does. */
export function Scroll({
  label,
  class: name = "",
  children,
}: {
  label: string;
  class?: string;
  children: ComponentChildren;
}) {
  const box = useRef<HTMLElement>(null);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
      setLong(scrollWidth > clientWidth || scrollHeight > clientHeight);
    });
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <section ref={box} class={`scroll ${name}`} aria-label={label} tabIndex={isLong ? 0 : undefined}>
      {children}
    </section>
  );
}
