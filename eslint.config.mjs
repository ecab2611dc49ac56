import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

const FENCE = 'Workflow code is replayed: it may orchestrate, and nothing else.';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.local/', 'src/console/static/'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { project: 'tsconfig.check.json' } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-deprecated': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'The environment is read in one place: src/config.ts.',
        },
      ],
    },
  },
  {
    files: ['src/config.ts', 'src/local/**', 'test/**', 'bench/**', 'scripts/**', 'attack/**', 'dev/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['src/workflows/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            ...builtinModules,
            'axios',
            'neo4j-driver',
            '@temporalio/activity',
            '@temporalio/client',
            '@temporalio/worker',
          ].map((name) => ({ name, message: FENCE })),
          patterns: [
            { group: ['node:*'], message: FENCE },
            {
              group: ['../activities*', '../graph/*', '../okta/*', '../config'],
              allowTypeImports: true,
              message: FENCE,
            },
          ],
        },
      ],
    },
  },
);
