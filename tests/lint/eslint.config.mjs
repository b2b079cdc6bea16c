// Rules for scripts and style sheets; `make lint` runs eslint from the root of the repository.

import css from "@eslint/css";
import js from "@eslint/js";
import globals from "globals";

const STRICT = {
  ...js.configs.recommended.rules,
  "consistent-return": "error",
  "curly": ["error", "multi-line"],
  "eqeqeq": "error",
  "max-lines": ["error", 400],
  "max-lines-per-function": ["error", 60],
  "no-eval": "error",
  "no-implicit-globals": ["error", { lexicalBindings: true }],
  "no-implied-eval": "error",
  "no-unused-expressions": "error",
  "no-unused-vars": ["error", { args: "all", argsIgnorePattern: "^_", caughtErrors: "all" }],
  "no-use-before-define": ["error", { classes: false, functions: false, variables: false }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": "error",
  "prefer-template": "error",
  "strict": ["error", "global"],
};

// The rule `max-lines` of eslint does not work for style sheets.
const styleMaxLines = {
  create: (context) => ({
    StyleSheet(node) {
      const count = context.sourceCode.lines.length;
      if (count > 400) context.report({ node, message: `${count} lines are more than 400` });
    },
  }),
};

export default [
  { ignores: ["**/node_modules/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["templates/scripts/*.js", "gen/server/reload/*.js"],
    languageOptions: {
      sourceType: "script",
      globals: { ...globals.browser, grokreel: "readonly" },
    },
    rules: STRICT,
  },
  {
    files: ["tests/**/*.mjs"],
    languageOptions: { sourceType: "module", globals: globals.node },
    rules: STRICT,
  },
  {
    files: ["**/*.css"],
    plugins: { css, grokreel: { rules: { "max-lines": styleMaxLines } } },
    language: "css/css",
    rules: {
      ...css.configs.recommended.rules,
      // Colours are in theme.css, which the build writes.
      "css/no-invalid-properties": ["error", { allowUnknownVariables: true }],
      // Rules for print override inline dimensions; hidden videos override all others.
      "css/no-important": "off",
      // New properties are used where older browsers show the page without them.
      "css/use-baseline": "off",
      "grokreel/max-lines": "error",
    },
  },
];
