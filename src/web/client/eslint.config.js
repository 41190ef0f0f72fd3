import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", "dist", ".tests"] },
  ...tseslint.configs.strict,
  {
    files: ["src/**"],
    rules: {
      // Text from the network or from a visitor is text: nothing is ever parsed as HTML or run.
      "no-restricted-properties": ["error", ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property }))],
      "no-eval": "error",
      eqeqeq: "error",
    },
  },
);
