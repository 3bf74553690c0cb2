// The words of a text as the search compares them: the same for what is indexed and for what is typed.
// "BatchNorm2d", "batch norm 2d", "batch-norm" and "batchnorms" meet in the same words.
"use strict";
globalThis.searchWords = (() => {
  const COMMON = new Set(
    `a about after all am an and any are as at be been but by can cannot could did do does doesn don done for from get got had has
    have he how i if in instead into is isn it its just me more my no not of on one or our out per should so some such t than that the their them then
    there these they this to too us use used using very was we were what when where which while who why will with without would you your s vs versus`.split(
      /\s+/,
    ),
  );

  // A word without the endings that a plural, a form of a verb or a spelling gives it.
  function stem(word) {
    if (word.length < 4 || /\d/.test(word)) return word;
    return word
      .replace(/is(ation|e|ed|er|es|ing)(s?)$/, "iz$1$2")
      .replace(/our(s?)$/, "or$1")
      .replace(/(tre)(s?)$/, "ter$2")
      .replace(/ies$/, "y")
      .replace(/(ss|x|ch|sh)es$/, "$1")
      .replace(/([^su])s$/, "$1")
      .replace(/(..)iz(?:ation|e|ed|er|ing)$/, "$1iz")
      .replace(/(...)(?:ing|ed)$/, "$1")
      .replace(/([bdgmnprt])\1$/, "$1")
      .replace(/(...)e$/, "$1");
  }

  // What stands between two spaces or signs, in one piece and in its parts: an API's name, a number, a word.
  function pieces(raw) {
    const parts =
      raw
        .replace(/([a-z])([A-Z][a-z])/g, "$1 $2")
        .replace(/([A-Z]{2,})([A-Z][a-z])/g, "$1 $2")
        .replace(/([A-Za-z]{3,})(\d+[dD]?)(?![A-Za-z0-9])/g, "$1 $2")
        .toLowerCase()
        .match(/[a-z0-9]+/g) ?? [];
    return { whole: raw.toLowerCase().replace(/[^a-z0-9]/g, ""), parts };
  }

  // Words and their weights: what was typed as one word weighs one, in however many forms it is looked for.
  // Two neighbours are one word more ("drop out"), at half the weight.
  function searchWords(text, aliases) {
    const found = new Map();
    const add = (word, weight) => found.set(word, Math.max(found.get(word) ?? 0, weight));
    let last = "";
    for (const raw of text.match(/\w+(?:\.[A-Za-z_]\w*)*/g) ?? []) {
      const { whole, parts } = pieces(raw);
      if (parts.length > 1) add(whole, 1);
      const share = 1 / Math.max(1, parts.length);
      for (const part of parts) {
        if (COMMON.has(part)) {
          last = "";
          continue;
        }
        const long = aliases.get(part);
        const stems = (long ?? [part]).map(stem);
        if (long) add(part, share);
        for (const word of stems) {
          add(word, share / stems.length);
          if (last) add(last + word, 0.5);
          last = word;
        }
      }
    }
    return found;
  }

  return searchWords;
})();
