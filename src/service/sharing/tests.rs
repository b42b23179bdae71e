use super::*;
use crate::{
    access::Role,
    service::{
        labels,
        testing::{TestResult, accounts::{actions, member}, services, store},
    },
};
