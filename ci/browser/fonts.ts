const interface_ = ["system-ui", "sans-serif"];
const monospace = ["ui-monospace", "monospace"];

/** Settings of fontconfig, by which every machine shows the same two fonts; what it caches goes into `cacheFolder`. */
export function fontSettings(cacheFolder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>/usr/share/fonts/opentype/inter</dir>
<dir>/usr/share/fonts/truetype/dejavu</dir>
<cachedir>${cacheFolder}</cachedir>
${[...interface_.map((family) => alias(family, "Inter")), ...monospace.map((family) => alias(family, "DejaVu Sans Mono"))].join("\n")}
</fontconfig>
`;
}

function alias(family: string, font: string): string {
  return `<match target="pattern"><test name="family"><string>${family}</string></test><edit name="family" mode="assign" binding="strong"><string>${font}</string></edit></match>`;
}
