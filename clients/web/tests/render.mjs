// Hooks without a page: React's own reconciler, for components that show nothing.
import { createElement } from "react";
import createReconciler from "react-reconciler";
import { ConcurrentRoot, DefaultEventPriority } from "react-reconciler/constants.js";

const nothing = () => {};
const stays = () => null;
let priority = DefaultEventPriority;

const reconciler = createReconciler({
  supportsMutation: true,
  isPrimaryRenderer: true,
  noTimeout: -1,
  NotPendingTransition: null,
  HostTransitionContext: { $$typeof: Symbol.for("react.context"), _currentValue: null, _currentValue2: null },
  getRootHostContext: stays,
  getChildHostContext: stays,
  getPublicInstance: (instance) => instance,
  prepareForCommit: stays,
  resetAfterCommit: nothing,
  shouldSetTextContent: () => false,
  createInstance: stays,
  createTextInstance: stays,
  appendInitialChild: nothing,
  finalizeInitialChildren: () => false,
  clearContainer: nothing,
  appendChildToContainer: nothing,
  removeChildFromContainer: nothing,
  detachDeletedInstance: nothing,
  preparePortalMount: nothing,
  beforeActiveInstanceBlur: nothing,
  afterActiveInstanceBlur: nothing,
  prepareScopeUpdate: nothing,
  getInstanceFromNode: stays,
  getInstanceFromScope: stays,
  scheduleTimeout: setTimeout,
  cancelTimeout: clearTimeout,
  scheduleMicrotask: queueMicrotask,
  supportsMicrotasks: true,
  setCurrentUpdatePriority: (next) => (priority = next),
  getCurrentUpdatePriority: () => priority,
  resolveUpdatePriority: () => priority,
  resolveEventType: stays,
  resolveEventTimeStamp: () => -1.1,
  shouldAttemptEagerTransition: () => false,
  trackSchedulerEvent: nothing,
  requestPostPaintCallback: nothing,
  resetFormInstance: nothing,
  maySuspendCommit: () => false,
  preloadInstance: () => true,
  startSuspendingCommit: nothing,
  suspendInstance: nothing,
  waitForCommitToBeReady: stays,
});

/**
 * Runs a hook below `wrap`'s elements. `current()` is what it gave last; `until(holds)` waits for a state, and gives it; `render(next)`
 * runs another in its place; `unmount()` takes it away.
 */
export function renderHook(hook, wrap) {
  let last;
  let failure;
  let waiting = [];
  const Probe = ({ hook }) => {
    last = hook();
    const asked = waiting;
    waiting = [];
    for (const look of asked) look();
    return null;
  };
  const failed = (error) => {
    failure = error;
    for (const look of waiting) look();
  };
  const root = reconciler.createContainer({}, ConcurrentRoot, null, false, null, "", failed, failed, nothing, nothing, null);
  const show = (element) => new Promise((shown) => reconciler.updateContainer(element, root, null, shown));
  const render = (next) => show(wrap(createElement(Probe, { hook: next })));
  void render(hook);
  return {
    current: () => last,
    render,
    unmount: () => show(null),
    until: (holds) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (failure) return reject(failure);
          if (last !== undefined && holds(last)) return resolve(last);
          waiting.push(look);
        };
        look();
      }),
  };
}
