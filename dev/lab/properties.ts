import fc from 'fast-check';

// A test process hands over an error without its cause, which says what a property failed with.
fc.configureGlobal({ includeErrorInReport: true });
