/** PostgreSQL 15's tables of pg_catalog: name, number and kind, then columns by type; `!` is NOT NULL. */
export const CATALOG_TABLES = `
pg_aggregate 2600 r regproc: aggfnoid! char: aggkind! int2: aggnumdirectargs! regproc: aggtransfn!
  aggfinalfn! aggcombinefn! aggserialfn! aggdeserialfn! aggmtransfn! aggminvtransfn! aggmfinalfn! bool:
  aggfinalextra! aggmfinalextra! char: aggfinalmodify! aggmfinalmodify! oid: aggsortop! aggtranstype!
  int4: aggtransspace! oid: aggmtranstype! int4: aggmtransspace! text: agginitval aggminitval
pg_am 2601 r oid: oid! name: amname! regproc: amhandler! char: amtype!
pg_amop 2602 r oid: oid! amopfamily! amoplefttype! amoprighttype! int2: amopstrategy! char: amoppurpose!
  oid: amopopr! amopmethod! amopsortfamily!
pg_amproc 2603 r oid: oid! amprocfamily! amproclefttype! amprocrighttype! int2: amprocnum! regproc:
  amproc!
pg_attrdef 2604 r oid: oid! adrelid! int2: adnum! pg_node_tree: adbin!
pg_attribute 1249 r oid: attrelid! name: attname! oid: atttypid! int4: attstattarget! int2: attlen!
  attnum! int4: attndims! attcacheoff! atttypmod! bool: attbyval! char: attalign! attstorage!
  attcompression! bool: attnotnull! atthasdef! atthasmissing! char: attidentity! attgenerated! bool:
  attisdropped! attislocal! int4: attinhcount! oid: attcollation! aclitem[]: attacl text[]: attoptions
  attfdwoptions text: attmissingval
pg_auth_members 1261 r oid: roleid! member! grantor! bool: admin_option!
pg_authid 1260 r oid: oid! name: rolname! bool: rolsuper! rolinherit! rolcreaterole! rolcreatedb!
  rolcanlogin! rolreplication! rolbypassrls! int4: rolconnlimit! text: rolpassword timestamptz:
  rolvaliduntil
pg_cast 2605 r oid: oid! castsource! casttarget! castfunc! char: castcontext! castmethod!
pg_class 1259 r oid: oid! name: relname! oid: relnamespace! reltype! reloftype! relowner! relam!
  relfilenode! reltablespace! int4: relpages! float4: reltuples! int4: relallvisible! oid:
  reltoastrelid! bool: relhasindex! relisshared! char: relpersistence! relkind! int2: relnatts!
  relchecks! bool: relhasrules! relhastriggers! relhassubclass! relrowsecurity! relforcerowsecurity!
  relispopulated! char: relreplident! bool: relispartition! oid: relrewrite! xid: relfrozenxid!
  relminmxid! aclitem[]: relacl text[]: reloptions pg_node_tree: relpartbound
pg_collation 3456 r oid: oid! name: collname! oid: collnamespace! collowner! char: collprovider! bool:
  collisdeterministic! int4: collencoding! text: collcollate collctype colliculocale collversion
pg_constraint 2606 r oid: oid! name: conname! oid: connamespace! char: contype! bool: condeferrable!
  condeferred! convalidated! oid: conrelid! contypid! conindid! conparentid! confrelid! char:
  confupdtype! confdeltype! confmatchtype! bool: conislocal! int4: coninhcount! bool: connoinherit!
  int2[]: conkey confkey oid[]: conpfeqop conppeqop conffeqop int2[]: confdelsetcols oid[]: conexclop
  pg_node_tree: conbin
pg_conversion 2607 r oid: oid! name: conname! oid: connamespace! conowner! int4: conforencoding!
  contoencoding! regproc: conproc! bool: condefault!
pg_database 1262 r oid: oid! name: datname! oid: datdba! int4: encoding! char: datlocprovider! bool:
  datistemplate! datallowconn! int4: datconnlimit! xid: datfrozenxid! datminmxid! oid: dattablespace!
  text: datcollate! datctype! daticulocale datcollversion aclitem[]: datacl
pg_db_role_setting 2964 r oid: setdatabase! setrole! text[]: setconfig
pg_default_acl 826 r oid: oid! defaclrole! defaclnamespace! char: defaclobjtype! aclitem[]: defaclacl!
pg_depend 2608 r oid: classid! objid! int4: objsubid! oid: refclassid! refobjid! int4: refobjsubid!
  char: deptype!
pg_description 2609 r oid: objoid! classoid! int4: objsubid! text: description!
pg_enum 3501 r oid: oid! enumtypid! float4: enumsortorder! name: enumlabel!
pg_event_trigger 3466 r oid: oid! name: evtname! evtevent! oid: evtowner! evtfoid! char: evtenabled!
  text[]: evttags
pg_extension 3079 r oid: oid! name: extname! oid: extowner! extnamespace! bool: extrelocatable! text:
  extversion! oid[]: extconfig text[]: extcondition
pg_foreign_data_wrapper 2328 r oid: oid! name: fdwname! oid: fdwowner! fdwhandler! fdwvalidator!
  aclitem[]: fdwacl text[]: fdwoptions
pg_foreign_server 1417 r oid: oid! name: srvname! oid: srvowner! srvfdw! text: srvtype srvversion
  aclitem[]: srvacl text[]: srvoptions
pg_foreign_table 3118 r oid: ftrelid! ftserver! text[]: ftoptions
pg_index 2610 r oid: indexrelid! indrelid! int2: indnatts! indnkeyatts! bool: indisunique!
  indnullsnotdistinct! indisprimary! indisexclusion! indimmediate! indisclustered! indisvalid!
  indcheckxmin! indisready! indislive! indisreplident! int2vector: indkey! oidvector: indcollation!
  indclass! int2vector: indoption! pg_node_tree: indexprs indpred
pg_inherits 2611 r oid: inhrelid! inhparent! int4: inhseqno! bool: inhdetachpending!
pg_init_privs 3394 r oid: objoid! classoid! int4: objsubid! char: privtype! aclitem[]: initprivs!
pg_language 2612 r oid: oid! name: lanname! oid: lanowner! bool: lanispl! lanpltrusted! oid:
  lanplcallfoid! laninline! lanvalidator! aclitem[]: lanacl
pg_largeobject 2613 r oid: loid! int4: pageno! bytea: data!
pg_largeobject_metadata 2995 r oid: oid! lomowner! aclitem[]: lomacl
pg_namespace 2615 r oid: oid! name: nspname! oid: nspowner! aclitem[]: nspacl
pg_opclass 2616 r oid: oid! opcmethod! name: opcname! oid: opcnamespace! opcowner! opcfamily! opcintype!
  bool: opcdefault! oid: opckeytype!
pg_operator 2617 r oid: oid! name: oprname! oid: oprnamespace! oprowner! char: oprkind! bool:
  oprcanmerge! oprcanhash! oid: oprleft! oprright! oprresult! oprcom! oprnegate! regproc: oprcode!
  oprrest! oprjoin!
pg_opfamily 2753 r oid: oid! opfmethod! name: opfname! oid: opfnamespace! opfowner!
pg_parameter_acl 6243 r oid: oid! text: parname! aclitem[]: paracl
pg_partitioned_table 3350 r oid: partrelid! char: partstrat! int2: partnatts! oid: partdefid!
  int2vector: partattrs! oidvector: partclass! partcollation! pg_node_tree: partexprs
pg_policy 3256 r oid: oid! name: polname! oid: polrelid! char: polcmd! bool: polpermissive! oid[]:
  polroles! pg_node_tree: polqual polwithcheck
pg_proc 1255 r oid: oid! name: proname! oid: pronamespace! proowner! prolang! float4: procost! prorows!
  oid: provariadic! regproc: prosupport! char: prokind! bool: prosecdef! proleakproof! proisstrict!
  proretset! char: provolatile! proparallel! int2: pronargs! pronargdefaults! oid: prorettype!
  oidvector: proargtypes! oid[]: proallargtypes char[]: proargmodes text[]: proargnames pg_node_tree:
  proargdefaults oid[]: protrftypes text: prosrc! probin pg_node_tree: prosqlbody text[]: proconfig
  aclitem[]: proacl
pg_publication 6104 r oid: oid! name: pubname! oid: pubowner! bool: puballtables! pubinsert! pubupdate!
  pubdelete! pubtruncate! pubviaroot!
pg_publication_namespace 6237 r oid: oid! pnpubid! pnnspid!
pg_publication_rel 6106 r oid: oid! prpubid! prrelid! pg_node_tree: prqual int2vector: prattrs
pg_range 3541 r oid: rngtypid! rngsubtype! rngmultitypid! rngcollation! rngsubopc! regproc:
  rngcanonical! rngsubdiff!
pg_replication_origin 6000 r oid: roident! text: roname!
pg_rewrite 2618 r oid: oid! name: rulename! oid: ev_class! char: ev_type! ev_enabled! bool: is_instead!
  pg_node_tree: ev_qual! ev_action!
pg_seclabel 3596 r oid: objoid! classoid! int4: objsubid! text: provider! label!
pg_sequence 2224 r oid: seqrelid! seqtypid! int8: seqstart! seqincrement! seqmax! seqmin! seqcache!
  bool: seqcycle!
pg_shdepend 1214 r oid: dbid! classid! objid! int4: objsubid! oid: refclassid! refobjid! char: deptype!
pg_shdescription 2396 r oid: objoid! classoid! text: description!
pg_shseclabel 3592 r oid: objoid! classoid! text: provider! label!
pg_statistic_ext 3381 r oid: oid! stxrelid! name: stxname! oid: stxnamespace! stxowner! int4:
  stxstattarget! int2vector: stxkeys! char[]: stxkind! pg_node_tree: stxexprs
pg_subscription 6100 r oid: oid! subdbid! pg_lsn: subskiplsn! name: subname! oid: subowner! bool:
  subenabled! subbinary! substream! char: subtwophasestate! bool: subdisableonerr! text: subconninfo!
  name: subslotname text: subsynccommit! text[]: subpublications!
pg_subscription_rel 6102 r oid: srsubid! srrelid! char: srsubstate! pg_lsn: srsublsn
pg_tablespace 1213 r oid: oid! name: spcname! oid: spcowner! aclitem[]: spcacl text[]: spcoptions
pg_transform 3576 r oid: oid! trftype! trflang! regproc: trffromsql! trftosql!
pg_trigger 2620 r oid: oid! tgrelid! tgparentid! name: tgname! oid: tgfoid! int2: tgtype! char:
  tgenabled! bool: tgisinternal! oid: tgconstrrelid! tgconstrindid! tgconstraint! bool: tgdeferrable!
  tginitdeferred! int2: tgnargs! int2vector: tgattr! bytea: tgargs! pg_node_tree: tgqual name:
  tgoldtable tgnewtable
pg_ts_config 3602 r oid: oid! name: cfgname! oid: cfgnamespace! cfgowner! cfgparser!
pg_ts_config_map 3603 r oid: mapcfg! int4: maptokentype! mapseqno! oid: mapdict!
pg_ts_dict 3600 r oid: oid! name: dictname! oid: dictnamespace! dictowner! dicttemplate! text:
  dictinitoption
pg_ts_parser 3601 r oid: oid! name: prsname! oid: prsnamespace! regproc: prsstart! prstoken! prsend!
  prsheadline! prslextype!
pg_ts_template 3764 r oid: oid! name: tmplname! oid: tmplnamespace! regproc: tmplinit! tmpllexize!
pg_type 1247 r oid: oid! name: typname! oid: typnamespace! typowner! int2: typlen! bool: typbyval! char:
  typtype! typcategory! bool: typispreferred! typisdefined! char: typdelim! oid: typrelid! regproc:
  typsubscript! oid: typelem! typarray! regproc: typinput! typoutput! typreceive! typsend! typmodin!
  typmodout! typanalyze! char: typalign! typstorage! bool: typnotnull! oid: typbasetype! int4:
  typtypmod! typndims! oid: typcollation! pg_node_tree: typdefaultbin text: typdefault aclitem[]: typacl
pg_user_mapping 1418 r oid: oid! umuser! umserver! text[]: umoptions
`
