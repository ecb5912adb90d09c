import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

/** How long a section out of sight waits for its value to settle, in milliseconds. */
const patience = 250;

export interface LaggingProps<T> {
  value: T;
  children(value: T): ComponentChildren;
}

/** Shows a value at once where it can be seen, and elsewhere when it has settled: so typing stays quick. */
export function Lagging<T>({ value, children }: LaggingProps<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => setNear(entry!.isIntersecting), { rootMargin: "20% 0px" });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (isNear) {
      setSettled(value);
      return;
    }
    const timer = setTimeout(() => setSettled(value), patience);
    return () => clearTimeout(timer);
  }, [value, isNear]);
  const shown = isNear ? value : settled;
  const drawn = useMemo(() => children(shown), [shown]); // what is the same is not even compared
  return <div ref={box}>{drawn}</div>;
}
