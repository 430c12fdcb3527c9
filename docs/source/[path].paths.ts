import { outsidePages } from '../.vitepress/outside.ts'

/** The pages of the site for files outside of docs/, for the template beside this file. */
export default { paths: outsidePages }
