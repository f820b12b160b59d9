import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { html, joined } from "./status-page-html.ts";

describe("html", () => {
  it("takes its own text as it stands, and texts and numbers as text", () =>
    assert.equal(
      html`<p title="${'a"b'}">${1} ${"<b>&'"}</p>`.html,
      '<p title="a&#34;b">1 &#60;b&#62;&#38;&#39;</p>',
    ));

  it("keeps what is HTML already, one or many", () =>
    assert.equal(
      html`<ul>${html`<li>a`}${["<b>", "c"].map((each) => html`<li>${each}`)}</ul>`.html,
      "<ul><li>a<li>&#60;b&#62;<li>c</ul>",
    ));

  it("writes what nobody sees as JSON writes it", () =>
    assert.equal(html`${"a\u202eb\nc\u0000\u2028"}`.html, "a\\u202eb\\nc\\u0000\\u2028"));
});

describe("joined()", () => {
  it("puts the separator between the parts, as text", () => {
    assert.equal(joined([html`<b>`, html`x`, html`y`], "<").html, "<b>&#60;x&#60;y");
    assert.equal(joined([], ", ").html, "");
  });
});
