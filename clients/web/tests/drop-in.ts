// The drop-in compiles as it stands.
export * as firebase from '../examples/firebase.js';
