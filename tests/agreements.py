"""What a person agrees to beyond what every training needs, as rows say it."""

AGREES_TO_FACES = """
    with job as (select id, owner_id from lora_training_jobs where id = %s),
    given as (
      insert into consents (owner_id, text_version, text_sha256, providers, uses)
      select owner_id, '2026-11', repeat('0', 64), array['replicate'], array['train', 'generate', 'face_measurement']
      from job
      returning id
    )
    update lora_training_jobs j set consent_id = given.id from given, job where j.id = job.id
"""
