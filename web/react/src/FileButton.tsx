"use client";
import { type ReactNode, useRef } from "react";

const TYPES = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif";

interface FileButtonProps {
  many?: boolean;
  camera?: boolean;
  className?: string | undefined;
  label?: string;
  onFiles: (files: File[]) => void;
  children: ReactNode;
}

/** A button that opens the device's own choice of photos. */
export function FileButton({ many = false, camera = false, className, label, onFiles, children }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className={className} aria-label={label} onClick={() => input.current?.click()}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={TYPES}
        multiple={many}
        {...(camera && { capture: "environment" as const })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = ""; // the same file may be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
